Feature: Orders by state
  Scenario: Each state is shown alone
    Given StartBrowser and call URL "$shop/orders.html"
    * For each "state" in list "paid; open; returned" do
      When I can select option "$state" for "#state"
      Then Element "#order-rows tr:first-child .state" should have the text "$state"
      And Number of elements ".state.$state" should be "greater than" "0"
    * End Loop
    And Number of elements "#order-rows tr" should be "equal to" "2"
    * Only if "$state" is "not equal to" "returned" do
      Then Throw an error with "the variable keeps the last entry" and leave
    * End of condition
    When I can select option "All states" for "#state"
    Then Element "#shown" should have the text "12 of 12 orders"
