Feature: A review in a frame
  Scenario: In by id, by name and by selector
    Given StartBrowser and call URL "$shop/letters.html"
    When I can switch to iFrame with id "reviews"
    And I can click on button "Send the review"
    Then Element "#letter-answer" should have the text "Please write something first."
    When I switch to defaultContent
    And I can switch to iFrame with name "reviews"
    And Set value "Calm and helpful" on "#letter"
    And I can click on button "Send the review"
    Then Element "#letter-answer" should have the text "Your review was received: "Calm and helpful""
    When I switch to defaultContent
    Then Page should show the text "We read every letter, by lantern light."
    When I can switch to iFrame with selector "iframe.letters"
    Then Element "#send-letter" should be "visible"
    And I switch to defaultContent
