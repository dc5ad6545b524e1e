#include "config/labels.h"

const char *const label_keys[LABEL_COUNT] = {
#define LABEL_KEY(name, key, text) [LABEL_##name] = (key),
    LABELS(LABEL_KEY)
#undef LABEL_KEY
};

const char *const label_defaults[LABEL_COUNT] = {
#define LABEL_DEFAULT(name, key, text) [LABEL_##name] = (text),
    LABELS(LABEL_DEFAULT)
#undef LABEL_DEFAULT
};
