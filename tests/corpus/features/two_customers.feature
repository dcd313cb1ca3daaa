Feature: Two customers
  Scenario: The second customer logs in after the first
    * Run feature with name "Log in as Ada" before continuing
    When I can click on button "Log out"
    And I click on "#log-in-link"
    And Set value "grace@example.org" on "#email"
    And Set value "harbour-7" on "#password"
    And Press Enter
    Then Element "#greeting" should have the text "Hello, Grace Hopper"
    * Remember "Grace Hopper" as "person"
    And Element "#greeting" should have the text "Hello, $person"
    When I can click on button "Log out"
    Then Element "#log-in-link" should be "visible"
