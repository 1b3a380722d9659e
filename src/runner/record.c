#include "record.h"
int bs_record_run (const BsScript *script) { return 1; }
