// Starts Swagger UI; in a file of its own so that the page needs no inline script.
SwaggerUIBundle({
  // Beside this file's folder, under whatever prefix the page was asked for.
  url: new URL("../openapi.json", document.currentScript.src).href,
  dom_id: "#documentation",
  deepLinking: true,
  docExpansion: "none",
  persistAuthorization: true,
  validatorUrl: null,
});
