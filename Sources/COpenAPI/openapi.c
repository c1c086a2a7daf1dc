#include "COpenAPI.h"

const unsigned char copenapi_yaml[] = {
#embed "../../openapi.yaml"
};
const size_t copenapi_yaml_size = sizeof copenapi_yaml;
