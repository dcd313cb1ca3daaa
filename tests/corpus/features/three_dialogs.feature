Feature: Three dialogs
  Scenario: Accepted and dismissed
    Given StartBrowser and call URL "$shop/dialogs.html"
    When I can click on button "Read the news"
    And I can click OK on alert, confirm or prompt message
    Then Element "#dialog-result" should have the text "You have read the news."
    When I can click on button "Leave the club"
    And Dismiss the open dialog
    Then Element "#dialog-result" should have the text "You stayed in the club."
    When I can click on button "Leave the club"
    And I can click OK on alert, confirm or prompt message
    Then Element "#dialog-result" should have the text "You left the club."
    When I can click on button "Change my name"
    And Dismiss the open dialog
    Then Element "#dialog-result" should have the text "You kept your name."
    When I can click on button "Change my name"
    And I can click OK on alert, confirm or prompt message
    Then Element "#dialog-result" should have the text "Welcome, Bookworm!"
