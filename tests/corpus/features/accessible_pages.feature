Feature: Accessible pages
  Scenario: The front page and the login have no serious problem
    Given StartBrowser and call URL "$shop/index.html"
    Then Element "#found" should have the text "8 of 8 books"
    And Page should have no accessibility problem of impact "critical" or worse
    When Goto URL "login.html"
    Then Element "#log-in" should be "visible"
    And Page should have no accessibility problem of impact "critical" or worse
    When Goto URL "terms.html"
    Then Page should show the text "Standard delivery takes three to five days and is free."
    And Page should have no accessibility problem of impact "critical" or worse
    And Fetch HTML Source of current Browser page and attach it to the feature result
    And Fetch Console.log from Browser and attach it to the feature result
