#!/bin/bash
mkdir -p /opt/app
cat <<'EOF' > /opt/app/index.html
<h1>Served by a unit</h1>
EOF
cat <<EOF | sudo tee /etc/systemd/system/app.service
[Unit]
Description=Simple http server
After=network.target

[Service]
Type=simple
WorkingDirectory=/opt/app
ExecStart=/usr/bin/python3 -m http.server 8080
Restart=always

[Install]
WantedBy=multi-user.target
EOF
sudo systemctl daemon-reload
sudo systemctl enable --now app.service
systemctl is-active app
