Feature: A sold out book
  Scenario: It cannot be put into the basket
    Given StartBrowser and call URL "$shop/product.html?id=5"
    Then BrowserTitle is "Clockwork Weather - Paper Lantern Books"
    And Element "#stock" should have the text "sold out"
    And Element "#add-to-basket" should be "disabled"
    And Check if "#add-to-basket" contains "true" in JS property "disabled"
    When Goto URL "product.html?id=99"
    Then Element "#title" should have the text "We do not have this book"
    And Element "#order" should be "hidden"
    And I cannot see element with selector "#no-such-element"
    When I click on "All books"
    Then I can see "Books to read by lantern light" on page
