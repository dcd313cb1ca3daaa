Feature: Scrolling and sizes
  Scenario: The window is scrolled and resized
    Given StartBrowser and call URL "$shop/index.html"
    And I resize the browser to "900" x "700"
    * Run Javascript function "return window.outerWidth"
    Then Value "%js_return" should equal "900"
    When Scroll to element with css selector "#footer"
    * Run Javascript function "return String(window.scrollY > 0)"
    Then Value "%js_return" should equal "true"
    When Scroll to "0"px
    And I move mouse over "#add-1"
    And Scroll to "200"px
    And Maximize the browser
    Then Element "#shelf" should be "visible"
    And Check if ".brand" contains "flex" in "display"
