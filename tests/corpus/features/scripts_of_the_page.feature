Feature: Scripts of the page
  Scenario: The page answers functions
    Given StartBrowser and call URL "$shop/index.html"
    And Element "#found" should have the text "8 of 8 books"
    * Run Javascript function "return document.querySelectorAll('.book').length"
    Then Value "%js_return" should equal "8"
    * On element "#search" run javascript function "arguments[0].value = 'wren'; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))"
    Then Element "#found" should have the text "1 of 8 books"
    * On element ".book h2 a" run javascript function "return arguments[0].textContent"
    Then Value "%js_return" should equal "Gardens of Glass"
    When I click on "%js_return"
    Then BrowserTitle is "Gardens of Glass - Paper Lantern Books"
    And Browser console should have no errors
