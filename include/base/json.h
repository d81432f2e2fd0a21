/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * JSON documents. All functions accept NULL, which is JSON's null and also what they return when
 * out of memory; js_text() then returns NULL.
 */
struct json_object;

/* --- Writing: a value belongs to the one it is put into --------------------------------------- */

struct json_object *js_new_object(void);
struct json_object *js_new_list(void);
void js_free(struct json_object *value);

void js_put(struct json_object *object, const char *key, struct json_object *value);
/* NULL: null. U+FFFD replaces bytes that are not UTF-8. */
void js_put_text(struct json_object *object, const char *key, const char *text);
/* Keeps such bytes, for a value that this program has to read back as it was. */
void js_put_bytes(struct json_object *object, const char *key, const char *text);
void js_put_bool(struct json_object *object, const char *key, bool value);
void js_put_number(struct json_object *object, const char *key, int64_t number); /* < 0: null */

/* With DIGITS significant digits, 0: all, and ".0" after a whole number. Not finite: null. */
void js_put_double(struct json_object *object, const char *key, double number, int digits);

void js_append(struct json_object *list, struct json_object *value);
void js_append_bytes(struct json_object *list, const char *text);
void js_append_double(struct json_object *list, double number, int digits);

/* The document as text, valid until VALUE is freed. NULL if out of memory. */
const char *js_text(struct json_object *value);

/* --- Reading: everything returned belongs to the document ------------------------------------- */

/* Parses TEXT, which must be exactly one JSON value; else NULL. */
struct json_object *js_parse(const char *text);

bool js_is_object(struct json_object *value);

/* The member, or NULL if it is missing or of another type. */
struct json_object *js_get_object(struct json_object *object, const char *key);
struct json_object *js_get_list(struct json_object *object, const char *key);
/* Also NULL if the text contains a NUL character. */
const char *js_get_text(struct json_object *object, const char *key);

/* An integer from 0 to MAX. Returns 0, or -EBADMSG and leaves *ret unchanged. */
int js_get_number(struct json_object *object, const char *key, int64_t max, int64_t *ret);
double js_get_double(struct json_object *object, const char *key); /* NAN if there is none */
bool js_get_bool(struct json_object *object, const char *key);	   /* false if there is none */

/* The number of members or elements. */
size_t js_count(struct json_object *value);
struct json_object *js_element(struct json_object *list, size_t index);
const char *js_element_text(struct json_object *list, size_t index); /* as js_get_text() */

/* Calls EACH for every member until it returns something other than 0, and returns that. */
int js_for_each(struct json_object *object,
		int (*each)(const char *key, struct json_object *object, void *data), void *data);
