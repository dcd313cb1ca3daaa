Feature: Quantities in the basket
  Scenario: Sums follow the quantities
    Given StartBrowser and call URL "$shop/index.html"
    When I can click on element with css selector "#add-1"
    And I can click on element with css selector "#add-2"
    And I can click on element with css selector "#add-2"
    Then Element "#basket-count" should have the text "3"
    When I click on "#basket-link"
    Then BrowserTitle is "Your basket - Paper Lantern Books"
    And Number of elements "#basket-rows tr" should be "equal to" "2"
    And Element "#total" should have the text "62.30 EUR"
    When Set value "4" on "#quantity-1" and do not check the value
    And Press TAB
    Then Element "#total" should have the text "135.80 EUR"
    And Element "#basket-count" should have the text "6"
    When I can click on element with css selector "#remove-2"
    Then Number of elements "#basket-rows tr" should be "equal to" "1"
    And Element "#total" should have the text "98.00 EUR"
    And Compare "98.00 EUR" and "98" with a "0"
