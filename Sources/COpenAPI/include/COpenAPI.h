#ifndef COPENAPI_H
#define COPENAPI_H
#include <stddef.h>
/// The contract, openapi.yaml, as it was when the program was built.
extern const unsigned char copenapi_yaml[];
extern const size_t copenapi_yaml_size;
#endif
