/* SPDX-License-Identifier: MIT */
/* JSON documents. The only file that uses json-c. */

#include "base/json.h"

#include "base/util.h"

#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- Writing ---------------------------------------------------------------------------------- */

struct json_object *js_new_object(void)
{
	return json_object_new_object();
}

struct json_object *js_new_list(void)
{
	return json_object_new_array();
}

void js_free(struct json_object *value)
{
	json_object_put(value);
}

void js_put(struct json_object *object, const char *key, struct json_object *value)
{
	json_object_object_add(object, key, value);
}

/* json-c writes any byte as it is, but JSON is UTF-8 (RFC 8259): U+FFFD replaces what is not. */
static struct json_object *new_text(const char *text)
{
	CLEANUP_FREE char *clean = text ? malloc(3 * strlen(text) + 1) : NULL;
	char *end = clean;

	if (!clean)
		return NULL;
	while (*text) {
		size_t length = utf8_length(text);

		end = length ? mempcpy(end, text, length) : stpcpy(end, "\xef\xbf\xbd");
		text += length ? length : 1;
	}
	return json_object_new_string_len(clean, (int)(end - clean));
}

static struct json_object *new_bytes(const char *text)
{
	return text ? json_object_new_string(text) : NULL;
}

static struct json_object *new_double(double number, int digits)
{
	char text[40];

	if (!isfinite(number))
		return NULL;
	if (!digits)
		return json_object_new_double(number);
	snprintf(text, sizeof(text), "%.*g", digits, number);
	return json_object_new_double_s(number, text);
}

void js_put_text(struct json_object *object, const char *key, const char *text)
{
	js_put(object, key, new_text(text));
}

void js_put_bytes(struct json_object *object, const char *key, const char *text)
{
	js_put(object, key, new_bytes(text));
}

void js_put_bool(struct json_object *object, const char *key, bool value)
{
	js_put(object, key, json_object_new_boolean(value));
}

void js_put_number(struct json_object *object, const char *key, int64_t number)
{
	js_put(object, key, number >= 0 ? json_object_new_int64(number) : NULL);
}

void js_put_double(struct json_object *object, const char *key, double number, int digits)
{
	js_put(object, key, new_double(number, digits));
}

void js_append(struct json_object *list, struct json_object *value)
{
	json_object_array_add(list, value);
}

void js_append_bytes(struct json_object *list, const char *text)
{
	js_append(list, new_bytes(text));
}

void js_append_double(struct json_object *list, double number, int digits)
{
	js_append(list, new_double(number, digits));
}

const char *js_text(struct json_object *value)
{
	return value ? json_object_to_json_string_ext(value, JSON_C_TO_STRING_PRETTY |
								     JSON_C_TO_STRING_SPACED |
								     JSON_C_TO_STRING_NOSLASHESCAPE)
		     : NULL;
}

/* --- Reading ---------------------------------------------------------------------------------- */

/* Not JSON_TOKENER_STRICT: where char is signed, json-c 0.18 then takes no text but ASCII. */
struct json_object *js_parse(const char *text)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *value;
	size_t end;

	if (!tokener)
		return NULL;
	value = json_tokener_parse_ex(tokener, text, (int)strlen(text));
	end = json_tokener_get_parse_end(tokener);
	json_tokener_free(tokener);
	if (!value || text[end + strspn(text + end, " \t\r\n")] == '\0')
		return value;
	json_object_put(value);
	return NULL;
}

bool js_is_object(struct json_object *value)
{
	return json_object_is_type(value, json_type_object);
}

static struct json_object *get_member(struct json_object *object, const char *key,
				      enum json_type type)
{
	struct json_object *member;

	return json_object_object_get_ex(object, key, &member) && json_object_is_type(member, type)
		       ? member
		       : NULL;
}

static const char *text_of(struct json_object *value)
{
	const char *text = json_object_is_type(value, json_type_string)
				   ? json_object_get_string(value)
				   : NULL;

	return text && strlen(text) == (size_t)json_object_get_string_len(value) ? text : NULL;
}

struct json_object *js_get_object(struct json_object *object, const char *key)
{
	return get_member(object, key, json_type_object);
}

struct json_object *js_get_list(struct json_object *object, const char *key)
{
	return get_member(object, key, json_type_array);
}

const char *js_get_text(struct json_object *object, const char *key)
{
	return text_of(get_member(object, key, json_type_string));
}

int js_get_number(struct json_object *object, const char *key, int64_t max, int64_t *ret)
{
	struct json_object *member = get_member(object, key, json_type_int);
	int64_t number = json_object_get_int64(member);

	if (!member || number < 0 || number > max)
		return -EBADMSG;
	*ret = number;
	return 0;
}

double js_get_double(struct json_object *object, const char *key)
{
	struct json_object *member = get_member(object, key, json_type_double);

	if (!member)
		member = get_member(object, key, json_type_int);
	return member ? json_object_get_double(member) : NAN;
}

bool js_get_bool(struct json_object *object, const char *key)
{
	return json_object_get_boolean(get_member(object, key, json_type_boolean));
}

size_t js_count(struct json_object *value)
{
	if (json_object_is_type(value, json_type_array))
		return json_object_array_length(value);
	return js_is_object(value) ? (size_t)json_object_object_length(value) : 0;
}

struct json_object *js_element(struct json_object *list, size_t index)
{
	return json_object_array_get_idx(list, index);
}

const char *js_element_text(struct json_object *list, size_t index)
{
	return text_of(js_element(list, index));
}

int js_for_each(struct json_object *object,
		int (*each)(const char *key, struct json_object *object, void *data), void *data)
{
	json_object_object_foreach(object, key, value)
	{
		int r = each(key, value, data);

		if (r)
			return r;
	}
	return 0;
}
