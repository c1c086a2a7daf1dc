#include "CLongDouble.h"
