Feature: Pages of books
  Scenario: The first four books have a page each
    Given StartBrowser and call URL "$shop/index.html"
    * Loop "4" times starting at "1" and do
      When Goto URL "product.html?id=%index"
      Then Element "#book" should be "visible"
      And Page address should be "ending with" "id=%index"
      And Element "#add-to-basket" should be "enabled"
      And Save selector "#price" value to environment variable "corpus_price"
      And Value "$corpus_price" should match regex "[0-9]+\.[0-9]{2} EUR"
      When I click on "All books"
      Then Page address should be "containing" "index.html"
    * End Loop
    And BrowserTitle is "Paper Lantern Books"
