Feature: Late content
  Scenario: Waiting for what comes and for what goes
    Given StartBrowser and call URL "$shop/stock.html"
    Then Wait at most "5" seconds until "#late-news" is "visible"
    And Element "#late-news" should have the text "The delivery van has arrived."
    And I cannot see element with selector "#stock"
    When I can click on button "Check the stock"
    Then Element "#check-stock" should be "disabled"
    And Wait "5" seconds for "#spinner" to appear and disappear using option "do not fail if not visible"
    And Element "#stock" should have the text "55 books are on the shelf."
    And Element "#check-stock" should be "clickable"
    And Validate if "#stock" present in the browser in "2" seconds and save result in "counted"
    And Value "$counted" should equal "True"
    And Assert if "#stock" appeared in the browser in "2" seconds
