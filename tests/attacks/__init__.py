"""What somebody would try who means harm, from outside and with a sign-in. What each holds is in docs/threat-model.md."""
