Feature: Log in refused
  Scenario: Wrong words are not let in
    Given StartBrowser and call URL "$shop/login.html"
    When I can click on element with css selector "#log-in"
    Then Element "#email-error" should have the text "Please enter your e-mail address."
    And Element "#password-error" should have the text "Please enter your password."
    And Element "#refused" should be "hidden"
    When Set value "$customer" on "#email"
    And Set value "wrong-words" on "#password"
    And I can click on element with css selector "#log-in"
    Then Wait at most "5" seconds until "#refused" is "visible"
    And I can see "E-mail and password do not belong together." on page
    And Page address should be "ending with" "/login.html"
