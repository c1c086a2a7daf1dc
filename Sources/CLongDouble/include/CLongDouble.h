#ifndef CLONGDOUBLE_H
#define CLONGDOUBLE_H
#endif
