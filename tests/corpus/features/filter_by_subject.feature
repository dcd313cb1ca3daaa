Feature: Filter by subject
  Scenario: Every subject of a list shows its books
    Given StartBrowser and call URL "$shop/index.html"
    And Element "#found" should have the text "8 of 8 books"
    * For each "entry" in list "[{"subject": "Craft", "books": "3"}, {"subject": "Travel", "books": "1"}, {"subject": "Novel", "books": "2"}]" do
      * Pick ".subject" out of "$entry" and remember it as "subject"
      * Pick ".books" out of "$entry" and remember it as "books"
      When I use selector "#subject" and select option "$subject"
      Then Element "#found" should have the text "$books of 8 books"
      And Number of elements ".book" should be "equal to" "$books"
    * End Loop
    When I can select option "" for "#subject"
    Then Element "#found" should have the text "8 of 8 books"
    When I can select option "History" for "#subject"
    And Set value "lindqvist" on "#search"
    Then Element "#found" should have the text "1 of 8 books"
