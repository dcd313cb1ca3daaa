Feature: Broken basket
  Fails on purpose: the voucher of last spring has ended.  The message says what was wanted, what was found and where;
  the picture shows what the shop answered.

  Scenario: An old voucher is redeemed
    Given StartBrowser and call URL "$shop/product.html?id=1"
    When I can click on button "Add to basket"
    And I click on "#basket-link"
    Then Check if "#total" contains "24.50 EUR" in JS property "innerText"
    When Set value "SPRING24" on "#voucher"
    And I can click on button "Redeem"
    Then Wait at most "2" seconds until "#voucher-applied" is "visible"
    And I click on "Go to checkout"
