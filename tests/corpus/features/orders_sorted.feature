Feature: Orders sorted
  Scenario: A heading sorts, and turns the order round
    Given StartBrowser and call URL "$shop/orders.html"
    When I can click on element with css selector "#sort-amount"
    Then Element "(//tbody[@id='order-rows']/tr)[1]/td[1]" should have the text "1046"
    When I can click on element with css selector "#sort-amount"
    Then Element "(//tbody[@id='order-rows']/tr)[1]/td[1]" should have the text "1048"
    And Number of elements "th[aria-sort=descending]" should be "equal to" "1"
    When I can click on element with css selector "#sort-customer"
    Then Element "#order-rows tr:first-child td:nth-child(3)" should have the text "Ada Lovelace"
    When I can click on element with css selector "#sort-date"
    Then Element "#order-rows tr:first-child td:nth-child(2)" should have the text "2025-01-14"
    And Get "aria-sort" value of "xpath=//th[@data-column='1']" and store in the "direction" with "trim the spaces"
    And Value "$direction" should equal "ascending"
