Feature: The sum of orders
  Scenario: What is shown is what was worked out
    Given StartBrowser and call URL "$shop/orders.html"
    And Set value "ada" on "#filter"
    Then Element "#shown" should have the text "3 of 12 orders"
    * Remember "0" as "total"
    * Loop "3" times starting at "1" and do
      And Get value from "#order-rows tr:nth-child(%index) td:nth-child(4)" and store in the "amount" with "trim the spaces"
      And Value "$amount" should match regex "\d+\.\d\d EUR"
      * Run Javascript function "return document.querySelector('#order-rows tr:nth-child(%index) td:nth-child(4)').innerText.split(' ')[0]"
      * Work out "$total + %js_return" and remember it as "total"
    * End Loop
    Then Number "$total" should be "equal to" "144.40"
    And Element "#sum" should have the text "144.40 EUR"
    And Value "$total" should not equal "0"
    And Value "$amount" should contain "EUR"
    And Value "$amount" should not contain "USD"
