// GnuTLS: hashes, and TLS over sockets of our own.
#ifndef CGNUTLS_H
#define CGNUTLS_H

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#endif
