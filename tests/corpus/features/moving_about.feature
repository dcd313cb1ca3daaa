Feature: Moving about
  Scenario: Links, history and addresses
    Given StartBrowser and call URL "$shop/index.html"
    * For each "place" in list "Orders;Stock;Reviews;Club;Manuscripts" do
      When I click on "$place"
      Then Page address should be "not containing" "index.html"
      And Element "nav a[aria-current=page]" should have the text "$place"
    * End Loop
    When Return to the previous page
    Then Element "nav a[aria-current=page]" should have the text "Club"
    When Goto URL "/orders.html"
    Then BrowserTitle is "Orders - Paper Lantern Books"
    When Reload page
    Then Element "#shown" should have the text "12 of 12 orders"
    And Delete all cookies
