Feature: Log in
  The way in, used by other features: it ends on the front page of the shop, greeted by name.

  Scenario: A customer logs in
    Given StartBrowser and call URL "$shop/login.html"
    When Set value "ada@example.org" on "#email"
    And Set value "$customer_password" on "#password"
    And I can click on button "Log in"
    Then BrowserTitle is "Paper Lantern Books"
    And I can see element with css selector "#greeting"
