Feature: Texts and numbers
  Scenario: Values are remembered, compared and made
    * Remember "Lantern" as "word"
    Then Value "$word" should equal "Lantern"
    And Value "${word}s" should contain "Lanterns"
    * Remember "#{today;%Y}" as "year"
    Then Value "$year" should match regex "20[0-9]{2}"
    * Add a timestamp to the "user" and save it to "corpus_login"
    Then Value "$corpus_login" should match regex "user-[0-9]+"
    * Create a string of random "8" numbers and save to "corpus_number"
    Then Value "$corpus_number" should match regex "[0-9]{8}"
    * Work out "(2 + 3) * 4 / 8" and remember it as "result"
    Then Number "$result" should be "==" "2.5"
    * Make fake "email" and remember it as "mail"
    Then Value "$mail" should contain "@"
    * Pick ".items[1]" out of "{"items": ["a", "b"]}" and remember it as "second"
    Then Value "$second" should equal "b"
    * Repeat at most "5" times until "$letters" is "equal to" "xxx" do
      * Only if "%index" is "equal to" "1" do
        * Remember "x" as "letters"
      * Otherwise do
        * Remember "${letters}x" as "letters"
      * End of condition
    * End Loop
    Then Value "$letters" should equal "xxx"
