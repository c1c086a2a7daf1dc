#ifndef COPENAPI_H
#define COPENAPI_H
#include <stddef.h>
/// The contract, openapi.yaml, as it was when the program was built: `copenapi_yaml_size` bytes.
const unsigned char *_Nonnull copenapi_document(void);
extern const size_t copenapi_yaml_size;
#endif
