Feature: A slow page
  Scenario: The step returns when the page is there
    Given StartBrowser and call URL "$shop/stock.html"
    When I click on "A page that takes one second"
    Then wait until I can see "Here at last" on page
    And Element "#waited" should have the text "The server waited 1 s before it answered."
    And Page address should be "containing" "/slow"
    When Return to the previous page
    Then BrowserTitle is "Stock - Paper Lantern Books"
    And wait until "#check-stock" is loaded
    When I click on "A page that takes one second"
    Then Assert if "#waited" present in the browser in "5" seconds
    When I click on "Back to the stock"
    Then Page address should be "ending with" "/stock.html"
