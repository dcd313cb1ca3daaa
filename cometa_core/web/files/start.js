// Starts Swagger UI; in a file of its own so that the page needs no inline script.
SwaggerUIBundle({
  url: "/docs/openapi.json",
  dom_id: "#documentation",
  deepLinking: true,
  docExpansion: "none",
  persistAuthorization: true,
  validatorUrl: null,
});
