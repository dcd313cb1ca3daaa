Feature: Log in as Ada
  Scenario: The form takes address and password
    Given StartBrowser and call URL "$shop/login.html"
    When Set value "$customer" on "#email"
    And Set value "$password" on "#password"
    And I can click on element with css selector "#log-in"
    Then Element "#greeting" should have the text "Hello, Ada Lovelace"
