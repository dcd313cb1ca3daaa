Feature: Dialogs and frames
  The places where tests often get stuck: browser dialogs, a form in a frame, a second window, a shadow root.

  Scenario: In and out of every place
    * ################ Dialogs ################
    Given StartBrowser and call URL "$shop/dialogs.html"
    When I can click on button "Read the news"
    And I can click OK on alert, confirm or prompt message
    Then Check if "#dialog-result" contains "You have read the news." in JS property "innerText"
    When I can click on button "Leave the club"
    And I can click OK on alert, confirm or prompt message
    Then Check if "#dialog-result" contains "You left the club." in JS property "innerText"
    When I can click on button "Change my name"
    And I can click OK on alert, confirm or prompt message
    Then Check if "#dialog-result" contains "Welcome, Bookworm!" in JS property "innerText"
    * ################ A frame ################
    When Goto URL "letters.html"
    And I can switch to iFrame with id "reviews"
    And Set value "A calm and helpful book." on "#letter"
    And I can click on button "Send the review"
    Then Check if "#letter-answer" contains "A calm and helpful book." in JS property "innerText"
    When I switch to defaultContent
    Then I can see "We read every letter, by lantern light." on page
    * ################ A second window ################
    When I click on "Delivery terms"
    And I can switch to new Window
    Then BrowserTitle is "Delivery terms - Paper Lantern Books"
    When I can close the window
    Then BrowserTitle is "Reviews - Paper Lantern Books"
    * ################ A shadow root ################
    When Goto URL "product.html?id=3"
    And I can click on element with css selector "#star-4"
    Then Check if "#verdict" contains "You gave 4 of 5 stars" in JS property "innerText"
