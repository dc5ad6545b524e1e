/*
 * command - the verbs of the command line, one file each. argv[0] is the verb's own name; what
 * comes back is the exit status of the program.
 */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

enum exit_status {
	EXIT_DONE = 0,   /* done */
	EXIT_FAILED = 1, /* tried, and failed */
	EXIT_USAGE = 2,  /* the command line or the ini file is wrong: nothing was begun */
};

int command_serve(int argc, char **argv);
int command_check(int argc, char **argv);
int command_new(int argc, char **argv);
int command_cert(int argc, char **argv);
int command_import(int argc, char **argv);
int command_publish(int argc, char **argv);
int command_delete(int argc, char **argv);
int command_history(int argc, char **argv);
int command_restore(int argc, char **argv);
int command_editor(int argc, char **argv);
int command_reprint(int argc, char **argv);
int command_status(int argc, char **argv);

#endif
