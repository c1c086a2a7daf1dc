// The parser of Redis's protocol that hiredis has, apart from its connections.
#ifndef CHIREDIS_H
#define CHIREDIS_H

#include <stddef.h>
#include <hiredis/read.h>

#endif
