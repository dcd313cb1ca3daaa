Feature: Wait for slow content
  Content that comes late, a busy sign that goes away and a page that takes a second: no step names a pause.

  Scenario: Everything arrives in the end
    Given StartBrowser and call URL "$shop/stock.html"
    Then wait until I can see "The delivery van has arrived." on page
    And wait until "#late-news" is loaded
    When I can click on button "Check the stock"
    Then Wait "3" seconds for "#spinner" to appear and disappear using option "do not fail if not visible"
    And Check if "#stock" contains "55 books are on the shelf." in JS property "innerText"
    And I cannot see element with selector "#spinner"
    When Goto URL "/slow?seconds=1"
    Then BrowserTitle is "Slow page - Paper Lantern Books"
    And Assert if "#waited" appeared in the browser in "2" seconds
    When Return to the previous page
    Then BrowserTitle is "Stock - Paper Lantern Books"
