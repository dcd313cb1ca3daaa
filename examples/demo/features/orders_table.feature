Feature: Read the orders
  Sorts and filters a table, and keeps a number of it in a variable.

  Scenario: The orders of one customer add up
    Given StartBrowser and call URL "$shop/orders.html"
    Then Check if "#shown" contains "12 of 12 orders" in JS property "innerText"
    When I can click on button "Amount"
    Then Check if "#order-rows tr:first-child" contains "9.90 EUR" in JS property "innerText"
    When I can click on button "Amount"
    Then Check if "#order-rows tr:first-child" contains "210.00 EUR" in JS property "innerText"
    When Set value "grace" on "#filter"
    Then Check if "#shown" contains "2 of 12 orders" in JS property "innerText"
    When Get value from "#sum" and store in the "orders_sum" with "trim the spaces"
    Then Value "$orders_sum" should equal "184.30 EUR"
    When Clear value on "#filter"
    And I use selector "#state" and select option "Returned"
    Then I can see element with css selector "#order-1045"
    And There is no coincidence with css selector "#order-1041"
