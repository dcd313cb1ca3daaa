Feature: Pictures of pages
  Scenario: Pages look as they did
    Given StartBrowser and call URL "$shop/terms.html"
    Then Page should show the text "Delivery terms"
    And Page should look like picture "terms"
    And Element ".brand" should look like picture "brand"
    When Goto URL "thanks.html"
    Then Element "#thanks" should have the text "Nothing was ordered yet"
    And Leave "#thanks" out of picture comparisons
    And Page should look like picture "thanks"
    When Goto URL "terms.html"
    Then Element ".brand" should look like picture "brand again"
    And Leave "" out of picture comparisons
