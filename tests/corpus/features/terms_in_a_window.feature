Feature: Terms in a second window
  Scenario: There and back
    Given StartBrowser and call URL "$shop/index.html"
    When I click on "Delivery terms"
    And I can switch to new Window
    Then BrowserTitle is "Delivery terms - Paper Lantern Books"
    And Page should show the text "Express delivery comes tomorrow and costs 6.90 EUR."
    When I can switch to main Window
    Then BrowserTitle is "Paper Lantern Books"
    When I can switch to new Window
    And I can close the window
    Then BrowserTitle is "Paper Lantern Books"
    And I can see "Books to read by lantern light" on page
