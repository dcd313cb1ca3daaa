Feature: Visit with login
  Starts with the steps of another feature and compares what the page says with a variable.

  Scenario: A customer is greeted by name and leaves again
    Given Remember "Ada Lovelace" as "customer"
    And Run feature with name "Log in" before continuing
    Then Check if "#greeting" contains "Hello, $customer" in JS property "innerText"
    When Run Javascript function "return document.querySelector('#greeting').innerText"
    Then Value "%js_return" should equal "Hello, $customer"
    When I can click on button "Log out"
    Then I cannot see element with selector "#greeting"
    And I can see element with css selector "#log-in-link"
