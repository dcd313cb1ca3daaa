Feature: Stars in a shadow root
  Scenario: A book gets four stars, then two
    Given StartBrowser and call URL "$shop/product.html?id=3"
    Then I can see "Not rated yet" on page
    When I can click on element with css selector "#star-4"
    Then Element "#verdict" should have the text "You gave 4 of 5 stars"
    And Number of elements "button[aria-pressed=true]" should be "equal to" "4"
    When I can click on element with css selector "css=star-rating >>> #star-2"
    Then Element "#verdict" should have the text "You gave 2 of 5 stars"
    And Number of elements "button[aria-pressed=true]" should be "equal to" "2"
    When I move mouse to "accessibility_id@@5 stars" and click
    Then I can see element with css selector "#verdict"
    And Element "#verdict" should have the text "You gave 5 of 5 stars"
