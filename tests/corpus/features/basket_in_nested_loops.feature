Feature: A basket in nested loops
  Scenario: Books are counted by loops that skip and break
    Given StartBrowser and call URL "$shop/index.html"
    * Loop "8" times starting at "1" and do
      * Only if element "#add-%index" is "disabled" do
        * Continue Loop
      * End of condition
      * Only if "%index" is "greater than" "6" do
        * Break Loop
      * End of condition
      * Loop "2" times starting at "1" and do
        When I can click on element with css selector "#add-%index_1"
      * End Loop
    * End Loop
    Then Element "#basket-count" should have the text "10"
    When Goto URL "cart.html"
    Then Number of elements "#basket-rows tr" should be "equal to" "5"
    And Element "#goods" should have the text "252.80 EUR"
