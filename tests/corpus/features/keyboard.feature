Feature: The keyboard
  Scenario: Fields are reached and filled without the mouse
    Given StartBrowser and call URL "$shop/login.html"
    When Focus on element with "#email"
    And Send keys "ada@example.com"
    And Press the following set of keys "CTRL+A;DELETE"
    Then Check if "#email" contains "" in JS property "value"
    When Send keys "$customer"
    And Press TAB
    Then Element "#password" should be "focused"
    When Send keys "$password"
    And Press Enter
    Then Element "#greeting" should have the text "Hello, Ada Lovelace"
    And Page address should be "ending with" "/index.html"
