// The first process of a machine, and of a pod: waits, and puts away the processes that lost their parents.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void reap(int signal) {
  (void)signal;
  while (waitpid(-1, NULL, WNOHANG) > 0) {
  }
}

static void leave(int signal) {
  (void)signal;
  _exit(0);
}

int main(void) {
  const struct sigaction reaping = {.sa_handler = reap, .sa_flags = SA_NOCLDSTOP};
  const struct sigaction leaving = {.sa_handler = leave};
  sigaction(SIGCHLD, &reaping, NULL);
  sigaction(SIGINT, &leaving, NULL);
  sigaction(SIGTERM, &leaving, NULL);
  for (;;) {
    pause();
  }
}
