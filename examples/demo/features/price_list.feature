Feature: Bring the price list back
  Downloads a file and hands the same file to an upload field.

  Scenario: A downloaded file is uploaded again
    Given StartBrowser and call URL "$shop/upload.html"
    When Download a file by clicking on "Download the price list"
    And Upload a file by clicking on "#file" using file "downloads/price-list.csv"
    Then Check if "#file-count" contains "1 file chosen" in JS property "innerText"
    And Check if "#files" contains "price-list.csv" in JS property "innerText"
