Feature: Buy a book
  A customer looks for a book, puts two copies into the basket, redeems a voucher and orders them as a gift.

  Scenario: From the front page to the order number
    * ################ Find the book ################
    Given StartBrowser and call URL "$shop/index.html"
    Then BrowserTitle is "Paper Lantern Books"
    And I can see "Books to read by lantern light" on page
    When Set value "lighthouse" on "#search"
    Then Check if "#found" contains "1 of 8 books" in JS property "innerText"
    And I cannot see element with selector "#book-1"
    When I click on "A Short History of Lighthouses"
    Then BrowserTitle is "A Short History of Lighthouses - Paper Lantern Books"
    When Set value "2" on "#quantity"
    And I can click on button "Add to basket"
    Then Check if "#basket-count" contains "2" in JS property "innerText"
    * ################ Redeem the voucher ################
    When I click on "#basket-link"
    Then BrowserTitle is "Your basket - Paper Lantern Books"
    And Check if "#total" contains "64.00 EUR" in JS property "innerText"
    When Set value "LANTERN10" on "#voucher"
    And I can click on button "Redeem"
    Then Check if "#total" contains "57.60 EUR" in JS property "innerText"
    * ################ Order ################
    When I click on "Go to checkout"
    And I can click on button "Place order"
    Then I can see "5 answers are missing." on page
    When Set value "Ada Lovelace" on "#name"
    And Set value "ada@example.org" on "#email"
    And Set value "12 Lantern Lane, Harbour Town" on "#street"
    And I use selector "#country" and select option "Germany"
    And I can click on element with css selector "#express"
    And Enable checkbox "#gift"
    And Enable checkbox "#terms"
    Then Check if "#amount" contains "64.50 EUR" in JS property "innerText"
    When I can click on button "Place order"
    Then BrowserTitle is "Order confirmed - Paper Lantern Books"
    And I can see "Thank you, Ada Lovelace!" on page
    And Check if "#order-number" contains "PL-1002" in JS property "innerText"
