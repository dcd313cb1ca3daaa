Feature: Conditions and loops
  Closes the news only if they are shown, then fills the basket in loops: books 1, 3 and 4 once, books 6 and 7 twice.

  Scenario: The basket is filled by counting
    Given StartBrowser and call URL "$shop/index.html"
    And Validate if "#news" appeared in the browser in "2" seconds and save result in "news_shown"
    * Only if "$news_shown" is "equal to" "True" do
      When I can click on button "Got it"
      Then Wait at most "2" seconds until "#news" is "hidden"
    * Otherwise do
      Then I can see element with css selector "#shelf"
    * End of condition
    * Loop "5" times starting at "1" and do
      * Only if "%index" is "equal to" "2" do
        * Continue Loop
      * End of condition
      * Only if "%index" is "at least" "5" do
        * Break Loop
      * Otherwise do
        When I can click on element with css selector "#add-%index"
      * End of condition
    * End Loop
    Then Check if "#basket-count" contains "3" in JS property "innerText"
    * Loop "2" times starting at "6" and do
      * Loop "2" times starting at "1" and do
        When I can click on element with css selector "#add-%index_1"
      * End Loop
    * End Loop
    Then Check if "#basket-count" contains "7" in JS property "innerText"
