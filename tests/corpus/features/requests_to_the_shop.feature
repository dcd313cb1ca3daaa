Feature: Requests to the shop
  Scenario: The data behind the pages
    * Send "GET" request to "$shop/products.json"
    Then Response status should be "200"
    And Response status should be "2xx"
    And Response at ".body | length" should be "equal to" "8"
    And Response at ".body[0].title" should be "equal to" "The Patient Tester"
    * Remember response at ".body[3].cents" as "cents"
    * Work out "$cents / 100" and remember it as "price"
    * Send "HEAD" request to "$shop/no-such-page.html"
    Then Response status should be "404"
    Given StartBrowser and call URL "$shop/product.html?id=4"
    And Get value from "#price" and store in the "shown" with "trim the spaces"
    Then Compare "$shown" and "$price" with a "0"
