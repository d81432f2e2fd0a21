/* SPDX-License-Identifier: MIT */
/* The state file below /run and its lock. */

#include "apply/state-file.h"

#include "base/json.h"
#include "base/log.h"
#include "base/util.h"
#include "plan/state.h"
#include "root/root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#define LOCK_WAIT_MS	 10000 /* the message says so, too */
#define LOCK_INTERVAL_MS 10
#define LOCK_TELL_MS	 1000
#define NEW_FILE	 STATE_FILE ".new"

static int fail_state(struct error *error, const struct root *root, int code, const char *what)
{
	return error_set(error, code, "cannot %s %s" STATE_DIR ": %s", what, root_path(root),
			 strerror(-code));
}

static int open_state_dir(const struct root *root)
{
	return root_open_file(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, STATE_DIR);
}

static int get_written(struct json_object *object, struct saved *saved)
{
	struct json_object *list = js_get_list(object, "written");
	size_t count = js_count(list);

	if (!list)
		return -EBADMSG;
	saved->written = calloc(count + 1, sizeof(*saved->written));
	if (!saved->written)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const char *value = js_element_text(list, i);

		if (!value || !kinds[saved->kind].is_valid(value))
			return -EBADMSG;
		saved->written[i] = strdup(value);
		if (!saved->written[i])
			return -ENOMEM;
		saved->n_written++;
	}
	return 0;
}

/* One entry. Accepts only what plan_tune() can have planned; no path is read from it. */
static int get_saved(struct json_object *object, struct saved *saved)
{
	const char *kind = js_get_text(object, "kind"), *card = js_get_text(object, "card");
	const char *original = js_get_text(object, "original");
	const char *unmovable = js_get_text(object, "unmovable");
	int64_t id;

	if (!kind || kind_from_name(kind, &saved->kind) < 0 ||
	    js_get_number(object, "id", INT32_MAX, &id) < 0)
		return -EBADMSG;
	saved->id = (int)id;
	if (kinds[saved->kind].of_card != (card != NULL) || (!original && !unmovable) ||
	    (saved->kind == KIND_MEMORY_GOVERNOR && saved->id))
		return -EBADMSG;
	if (card && (!*card || card[strspn(card, "0123456789abcdef:.")] ||
		     strlen(card) >= sizeof(saved->card)))
		return -EBADMSG;
	/* kind and id; card, of an interrupt; original and written; unmovable. */
	if (js_count(object) !=
	    (size_t)2 + (card != NULL) + (original ? 2 : 0) + (unmovable ? 1 : 0))
		return -EBADMSG;
	snprintf(saved->card, sizeof(saved->card), "%s", card ? card : "");
	if (unmovable) {
		saved->unmovable = errno_from_name(unmovable);
		if (saved->kind != KIND_IRQ_AFFINITY || saved->unmovable <= 0)
			return -EBADMSG;
	}
	if (!original)
		return 0;
	if (!kinds[saved->kind].is_valid(original))
		return -EBADMSG;
	saved->original = strdup(original);
	return saved->original ? get_written(object, saved) : -ENOMEM;
}

static int get_state(struct json_object *object, struct state *state)
{
	struct json_object *list = js_get_list(object, "settings");
	int64_t schema;

	if (!list || js_count(object) != 2 || js_get_number(object, "schema", 1, &schema) < 0 ||
	    schema != 1)
		return -EBADMSG;
	for (size_t i = 0; i < js_count(list); i++) {
		struct saved *saved = array_grow(state->saved, state->n_saved, sizeof(*saved));
		int r;

		if (!saved)
			return -ENOMEM;
		state->saved = saved;
		r = get_saved(js_element(list, i), saved + state->n_saved++);
		if (r < 0)
			return r;
		/* Each setting is saved once. */
		saved += i;
		if (state_find(state, saved->kind, saved->id, saved->card) != saved)
			return -EBADMSG;
	}
	return 0;
}

/*
 * Refuses what others than root can have changed, so that it tells root what to write; in a tree,
 * which may be anybody's, only links. Returns 0, -ENOENT if it is not there, or -errno.
 */
static int check_trusted(const struct root *root, const char *path, struct error *error)
{
	CLEANUP_CLOSE int fd = root_open_file(root, O_PATH | O_NOFOLLOW, 0, path);
	struct stat st;

	if (fd == -ENOENT)
		return fd;
	if (fd < 0 || fstat(fd, &st))
		return fail_state(error, root, fd < 0 ? fd : -errno, "look at");
	if (S_ISLNK(st.st_mode) || (root_is_live(root) && (st.st_uid || st.st_mode & 022)))
		return error_set(
			error, -EBADMSG,
			"%s%s can be changed by others than root and is not trusted; remove it",
			root_path(root), path);
	return 0;
}

int state_read(const struct root *root, struct state *ret, struct error *error)
{
	CLEANUP_FREE char *text = NULL;
	struct state state = { 0 };
	struct json_object *object;
	int trusted = check_trusted(root, STATE_DIR "/" STATE_FILE, error), r = -ENOENT;

	if (trusted == 0)
		trusted = check_trusted(root, STATE_DIR, error);
	if (trusted < 0 && trusted != -ENOENT)
		return trusted;
	if (trusted == 0)
		r = root_read_text(root, &text, STATE_DIR "/" STATE_FILE);
	if (r == -ENOENT) {
		*ret = state;
		return 0;
	}
	if (r < 0 && r != -EBADMSG)
		return fail_state(error, root, r, "read the saved settings in");
	object = r < 0 ? NULL : js_parse(text);
	r = get_state(object, &state);
	js_free(object);
	if (r == -EBADMSG)
		error_set(error, r,
			  "%s" STATE_DIR "/" STATE_FILE " was not written by this program and is "
			  "not obeyed; move it away, the original settings come back with a reboot",
			  root_path(root));
	else if (r < 0)
		error_set(error, r, "out of memory");
	if (r < 0) {
		state_done(&state);
		return r;
	}
	*ret = state;
	return 0;
}

static struct json_object *put_saved(const struct saved *saved)
{
	struct json_object *object = js_new_object(), *list;

	js_put_text(object, "kind", kinds[saved->kind].name);
	js_put_number(object, "id", saved->id);
	if (kinds[saved->kind].of_card)
		js_put_text(object, "card", saved->card);
	if (saved->unmovable) {
		const char *name = errno_name(saved->unmovable);

		js_put_text(object, "unmovable", name ? name : "EIO");
	}
	if (!saved->original)
		return object;
	js_put_bytes(object, "original", saved->original);
	list = js_new_list();
	for (size_t i = 0; i < saved->n_written; i++)
		js_append_bytes(list, saved->written[i]);
	js_put(object, "written", list);
	return object;
}

static char *format_state(const struct state *state)
{
	struct json_object *object = js_new_object(), *list = js_new_list();
	const char *text;
	char *line;

	js_put_number(object, "schema", 1);
	js_put(object, "settings", list);
	for (size_t i = 0; i < state->n_saved; i++)
		js_append(list, put_saved(&state->saved[i]));
	text = js_text(object);
	line = text ? text_format("%s\n", text) : NULL;
	js_free(object);
	return line;
}

/* A complete, synced file under a name that nobody reads. */
static int write_new(int dir, const char *text)
{
	CLEANUP_CLOSE int fd = openat(
		dir, NEW_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		0644);

	if (fd < 0)
		return -errno;
	for (size_t left = strlen(text); left;) {
		ssize_t n = write(fd, text, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		left -= (size_t)n;
	}
	/* Whatever the umask was: status reads the file as any user. */
	if (fchmod(fd, 0644))
		return -errno;
	while (fsync(fd))
		if (errno != EINTR)
			return -errno;
	return 0;
}

int state_write(const struct root *root, const struct state *state, struct error *error)
{
	CLEANUP_CLOSE int dir = open_state_dir(root);
	CLEANUP_FREE char *text = NULL;
	int r;

	if (dir < 0)
		return fail_state(error, root, dir, "open");
	if (!state->n_saved) {
		if (unlinkat(dir, STATE_FILE, 0) && errno != ENOENT)
			return fail_state(error, root, -errno, "remove the saved settings in");
		return 0;
	}
	text = format_state(state);
	r = text ? write_new(dir, text) : -ENOMEM;
	if (r == 0 && renameat(dir, NEW_FILE, dir, STATE_FILE))
		r = -errno;
	if (r < 0) {
		(void)unlinkat(dir, NEW_FILE, 0);
		return fail_state(error, root, r, "save the original settings in");
	}
	return 0;
}

/* Makes the directory NAME in PARENT; one that exists is fine. */
static int make_dir(const struct root *root, const char *parent, const char *name)
{
	CLEANUP_CLOSE int fd = root_open_file(root, O_PATH | O_DIRECTORY, 0, parent);

	if (fd < 0)
		return fd;
	if (mkdirat(fd, name, 0755))
		return errno == EEXIST ? 0 : -errno;
	/* Whatever the umask is. */
	return fchmodat(fd, name, 0755, 0) ? -errno : 0;
}

int state_lock(const struct root *root, bool patient, const struct log *log, int *ret,
	       struct error *error)
{
	const struct timespec interval = { .tv_nsec = LOCK_INTERVAL_MS * 1000000L };
	int r = make_dir(root, "/run", strrchr(STATE_DIR, '/') + 1), dir, fd;

	/* A tree may do without /run; a running system does not. */
	if (r == -ENOENT) {
		r = make_dir(root, "/", "run");
		if (r == 0)
			r = make_dir(root, "/run", strrchr(STATE_DIR, '/') + 1);
	}
	if (r < 0)
		return fail_state(error, root, r, "make");
	r = check_trusted(root, STATE_DIR, error);
	if (r < 0)
		return r;
	dir = open_state_dir(root);
	if (dir < 0)
		return fail_state(error, root, dir, "open");
	fd = openat(dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	r = fd < 0 ? -errno : 0;
	close(dir);
	if (r < 0)
		return fail_state(error, root, r, "make the lock in");
	for (long waited = 0; flock(fd, LOCK_EX | LOCK_NB);) {
		r = -errno;
		if (r == -EINTR)
			continue;
		if (r != -EWOULDBLOCK || (waited >= LOCK_WAIT_MS && !patient)) {
			close(fd);
			return r == -EWOULDBLOCK
				       ? error_set(error, r,
						   "another ax650n-tune has held %s" STATE_DIR
						   "/lock for %d s; see who with 'fuser -v'",
						   root_path(root), LOCK_WAIT_MS / 1000)
				       : fail_state(error, root, r, "lock");
		}
		if (waited == LOCK_TELL_MS)
			log_info(log,
				 "waiting%s for bench or another run of ax650n-tune, which holds "
				 "%s" STATE_DIR "/lock",
				 patient ? "" : " up to 10 s", root_path(root));
		(void)nanosleep(&interval, NULL);
		waited += LOCK_INTERVAL_MS;
	}
	*ret = fd;
	return 0;
}

bool state_is_reverted(const struct root *root)
{
	CLEANUP_CLOSE int fd = root_open_file(root, O_PATH | O_NOFOLLOW, 0,
					      STATE_DIR "/" REVERTED_MARK);

	return fd >= 0;
}

int state_set_reverted(const struct root *root, bool reverted, struct error *error)
{
	CLEANUP_CLOSE int dir = open_state_dir(root);
	CLEANUP_CLOSE int fd = -1;

	if (dir < 0)
		return fail_state(error, root, dir, "open");
	if (!reverted)
		return unlinkat(dir, REVERTED_MARK, 0) && errno != ENOENT
			       ? fail_state(error, root, -errno, "write to")
			       : 0;
	fd = openat(dir, REVERTED_MARK, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		    0644);
	return fd < 0 ? fail_state(error, root, -errno, "write to") : 0;
}
