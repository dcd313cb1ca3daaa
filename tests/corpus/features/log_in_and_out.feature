Feature: Log in and out
  Scenario: The greeting comes and goes
    * Run feature with name "Log in as Ada" before continuing
    Then Page address should be "ending with" "/index.html"
    And I can see element with css selector "#log-out"
    And There is no coincidence with css selector "#log-in-link"
    When Goto URL "orders.html"
    Then Element "testid=greeting" should have the text "Hello, Ada Lovelace"
    When I can click on button "Log out"
    Then Element "#log-in-link" should be "visible"
    And Page should not show the text "Hello, Ada"
