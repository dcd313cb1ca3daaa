Feature: The news are closed once
  Scenario: A banner stays closed after it was read
    Given StartBrowser and call URL "$shop/index.html"
    And Wait at most "5" seconds until "#news" is "visible"
    * Only if element "#news" is "visible" do
      When I can click on button "Got it"
      Then Element "#news" should be "hidden"
    * Otherwise do
      Then Throw an error with "the news were closed before" and leave
    * End of condition
    When Reload page
    And wait until "#shelf" is loaded
    Then Element "#found" should have the text "8 of 8 books"
    * Only if element "#news" is "visible" do
      Then Throw an error with "the news came back" and leave
    * Otherwise only if "$shop" is "starting with" "http" do
      And Element "#news" should be "hidden"
    * End of condition
    And Number of elements ".book" should be "equal to" "8"
