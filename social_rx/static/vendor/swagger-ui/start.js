// Starts the API page. Written by .ci/vendor.py. validatorUrl: null, or it would ask validator.swagger.io.
const target = document.getElementById('swagger-ui')

window.SwaggerUIBundle({ domNode: target, url: target.dataset.url, validatorUrl: null, deepLinking: true })
