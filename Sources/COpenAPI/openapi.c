#include "COpenAPI.h"

static const unsigned char document[] = {
#embed "../../openapi.yaml"
};

const unsigned char *copenapi_document(void) { return document; }

const size_t copenapi_yaml_size = sizeof document;
